/** Whether a browser asks for less: `Save-Data: on` (https://wicg.github.io/savedata/). */
export const savesData = (header: string | undefined): boolean => header?.trim().toLowerCase() === 'on'

/** Begins the key of a page in memory that is made for browsers that save data: no address begins so. */
const SAVING = '~'

/** Key of the same page for a browser that saves data. */
export const savingKey = (key: string): string => `${SAVING}${key}`

/** A key without that mark, and whether it had it. */
export const readSavingKey = (key: string): { readonly key: string; readonly saves: boolean } =>
  key.startsWith(SAVING) ? { key: key.slice(SAVING.length), saves: true } : { key, saves: false }
