import type { StoryKey } from '../story-keys.ts'

export const story = {
  'story.title': 'Шежіре',
} satisfies Record<StoryKey, string>
