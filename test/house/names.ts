/** Exported names that two modules declare, each with the reason why one name is right for both. */
export const NAMED_TWICE: Readonly<Record<string, string>> = {
  dateSeries: 'the library offers the function of core/detect with the tables of this version',
  run: 'the one function of each subcommand, loaded by the name of its file',
  sha256: 'SHA-256 of bytes: by the library of a browser, and by Node',
  verifyBundle: 'the library offers the function of core/evidence with the cryptography of the machine',
}
