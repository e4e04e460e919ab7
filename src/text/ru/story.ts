import type { StoryKey } from '../story-keys.ts'

export const story = {
  'story.title': 'Хроника',
} satisfies Record<StoryKey, string>
