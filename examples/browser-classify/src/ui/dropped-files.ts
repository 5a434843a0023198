/** The files of a drop, with those in folders that were dropped, at any depth. */
export async function droppedFiles(transfer: DataTransfer | null): Promise<File[]> {
  // Entries must be asked for before anything is awaited: the transfer is emptied after the event.
  const entries = [...(transfer?.items ?? [])].map((item) => item.webkitGetAsEntry());
  const files: File[] = [];
  for (const entry of entries) if (entry !== null) await collect(entry, files);
  return files;
}

async function collect(entry: FileSystemEntry, files: File[]): Promise<void> {
  if (entry instanceof FileSystemFileEntry) {
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
