/** Keys of this area's words. */
export type LetterKey = 'letter.tool.sign'
