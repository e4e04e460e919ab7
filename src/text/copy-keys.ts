/** Keys of this area's words. */
export type CopyKey = 'copy.title'
