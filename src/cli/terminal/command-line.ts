import { PROBE_ONLY } from '../../runtime/files/package-root.ts'

/** A command line as a reader types it: that of the probe has a name of its own where the program is nothing else. */
export const commandLine = (...words: readonly string[]): string =>
  (PROBE_ONLY && words[0] === 'probe' ? ['kuager-probe', ...words.slice(1)] : ['kuager', ...words]).join(' ')
