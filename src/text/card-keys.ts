/** Keys of this area's words. */
export type CardKey = 'card.code'
