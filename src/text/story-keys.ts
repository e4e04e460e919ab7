/** Keys of this area's words. */
export type StoryKey = 'story.title'
