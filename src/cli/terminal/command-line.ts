import { ONE_FILE } from '../../runtime/files/package-root.ts'

/** A command line as a reader types it: that of the probe has a name of its own where the program is one file. */
export const commandLine = (...words: readonly string[]): string =>
  (ONE_FILE && words[0] === 'probe' ? ['kuager-probe', ...words.slice(1)] : ['kuager', ...words]).join(' ')
