/** Keys of this area's words. */
export type BoardKey = 'board.title'
