/** A file that the user picked: its place in what was picked, and its bytes. */
export interface LocalFile {
  /** Path from the picked folder with "/" between the names; the name alone where files were picked. */
  readonly path: string;
  open(): Promise<File>;
}

/** What this package needs of a `FileSystemFileHandle`. */
export interface FileHandleLike {
  readonly kind: "file";
  readonly name: string;
  getFile(): Promise<File>;
}

/** What this package needs of a `FileSystemDirectoryHandle` (File System Standard, WHATWG). */
export interface DirectoryHandleLike {
  readonly kind: "directory";
  readonly name: string;
  values(): AsyncIterable<FileHandleLike | DirectoryHandleLike>;
}

/**
 * Files of a file input or a drop. Where a folder was picked (`webkitdirectory`) its own name, with which all paths begin,
 * is left out.
 */
export function localFiles(files: Iterable<File>): LocalFile[] {
  return ordered(
    Array.from(files, (file): LocalFile => {
      const inFolder = file.webkitRelativePath ?? "";
      return { path: inFolder === "" ? file.name : inFolder.slice(inFolder.indexOf("/") + 1), open: async () => file };
    }),
  );
}

/** All files below a folder, at any depth. Files are opened when they are read. */
export async function directoryFiles(handle: DirectoryHandleLike): Promise<LocalFile[]> {
  const files: LocalFile[] = [];
  const walk = async (folder: DirectoryHandleLike, above: string): Promise<void> => {
    for await (const entry of folder.values()) {
      const path = above + entry.name;
      if (entry.kind === "directory") await walk(entry, `${path}/`);
      else files.push({ path, open: () => entry.getFile() });
    }
  };
  await walk(handle, "");
  return ordered(files);
}

/** As a folder is listed in Node: by code unit, hidden files left out. */
function ordered(files: readonly LocalFile[]): LocalFile[] {
  return files
    .filter(({ path }) => !path.split("/").some((name) => name.startsWith(".")))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
