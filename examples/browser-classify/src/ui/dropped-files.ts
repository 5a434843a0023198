/** The files of a drop, with those in folders that were dropped, at any depth. */
export async function droppedFiles(transfer: DataTransfer | null): Promise<File[]> {
  // All must be asked for before anything is awaited: the transfer is emptied after the event. What a script drops has no entry.
  const items = [...(transfer?.items ?? [])].map((item) => ({
    entry: item.webkitGetAsEntry(),
    file: item.getAsFile(),
  }));
  const files: File[] = [];
  for (const { entry, file } of items) {
    if (entry !== null) await collect(entry, files);
    else if (file !== null) files.push(file);
  }
  return files;
}

/** By what an entry says of itself: Chromium has no constructor to compare it with. */
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;

async function collect(entry: FileSystemEntry, files: File[]): Promise<void> {
  if (isFile(entry)) {
    files.push(await new Promise<File>((resolve, reject) => entry.file(resolve, reject)));
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A folder is read in portions; an empty one is the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const one of some) await collect(one, files);
  }
}
