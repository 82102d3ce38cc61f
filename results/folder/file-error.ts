/** What the file system complains of, in words: after `cannot read FILE: ` and `cannot write FILE: `. */

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Why something could not be read. */
export function whyNotRead(error: unknown): string {
  switch (codeOf(error)) {
    // Of ENOTDIR a part of the path that should be a folder is a file.
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is no such file';
    case 'EACCES':
      return 'it may not be read';
    case 'EISDIR':
      return 'it is a folder';
    default:
      return messageOf(error);
  }
}

/** Why something could not be written. */
export function whyNotWritten(error: unknown): string {
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'it may not be written';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'a file is in the way';
    case 'EISDIR':
      return 'a folder is in the way';
    case 'ENOENT':
      return 'there is no such folder';
    case 'ENOSPC':
      return 'the disk is full';
    default:
      return messageOf(error);
  }
}
