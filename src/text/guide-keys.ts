/** Keys of this area's words. */
export type GuideKey = 'guide.title'
