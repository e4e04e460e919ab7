import type { StoryKey } from '../story-keys.ts'

export const story = {
  'story.title': 'Chronicle',
} satisfies Record<StoryKey, string>
