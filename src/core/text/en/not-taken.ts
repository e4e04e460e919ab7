import type { NotTakenKey } from '../keys.ts'

/** Why a piece of the input was not taken, in English. */
export const notTaken = {
  'not-taken.not-an-object': 'not a measurement: a list, a text or a number instead of an object',
  'not-taken.no-test-name': 'not a measurement: nothing says which test it is',
  'not-taken.no-test-keys': 'the test left no result',
  'not-taken.no-time': 'nothing says when it was measured',
  'not-taken.report-frame': 'the opening or closing entry of an old report, not a measurement',
  'not-taken.value.too-large': 'larger than a measurement may be',
  'not-taken.value.crashed': 'judging it ended a worker; please report it',
  'not-taken.value.slow': 'judging it takes more work than its length allows',
  'not-taken.value.late': 'judging it took too long on this machine; import it again',
  'not-taken.log.simulated':
    'simulated, and the log of this folder is of real measurements: it goes into a folder of its own',
  'not-taken.log.real':
    'not simulated, and the log of this folder is of simulated measurements: it goes into a folder of its own',
  'not-taken.json.truncated': 'it breaks off in the middle',
  'not-taken.json.invalid': 'not JSON',
  'not-taken.json.too-deep': 'nested too deeply',
  'not-taken.json.too-large': 'larger than a measurement may be',
  'not-taken.utf8.invalid': 'bytes that are no text (UTF-8)',
  'not-taken.measurement.shape': 'a field of the wrong type',
  'not-taken.measurement.value': 'a field with an impossible value',
  'not-taken.time.invalid': 'a time that cannot be read',
  'not-taken.asn.invalid': 'a network number that cannot be read',
  'not-taken.country.invalid': 'a country code that cannot be read',
  'not-taken.file.unknown': 'neither text nor a known archive',
  'not-taken.file.unreadable': 'the file could not be read',
  'not-taken.file.nested-too-deep': 'too many archives inside one another',
  'not-taken.gzip.truncated': 'the gzip file breaks off',
  'not-taken.gzip.corrupt': 'the gzip file is damaged',
  'not-taken.zstd.truncated': 'the zstd file breaks off',
  'not-taken.zstd.corrupt': 'the zstd file is damaged',
  'not-taken.tar.truncated': 'the tar archive breaks off',
  'not-taken.tar.corrupt': 'the tar archive is damaged',
  'not-taken.tar.unsupported': 'an entry of the tar archive that is no file',
  'not-taken.http.broken': 'it could not be fetched whole',
} satisfies Record<NotTakenKey, string>
