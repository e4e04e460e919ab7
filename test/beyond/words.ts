/** Words behind `npm test -- beyond`, which choose what runs; none: everything. */
export const BEYOND_WORDS = (process.env['KUAGER_BEYOND'] ?? '').split(' ').filter((word) => word !== '')

/** Whether what is known under a word runs. */
export const isChosen = (name: string): boolean => BEYOND_WORDS.length === 0 || BEYOND_WORDS.includes(name)
