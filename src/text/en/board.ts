import type { BoardKey } from '../board-keys.ts'

export const board = {
  'board.title': 'Does it open now?',
} satisfies Record<BoardKey, string>
