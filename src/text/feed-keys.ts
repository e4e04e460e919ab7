/** Keys of this area's words. */
export type FeedKey = 'feed.title'
