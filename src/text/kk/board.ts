import type { BoardKey } from '../board-keys.ts'

export const board = {
  'board.title': 'Қазір ашыла ма?',
} satisfies Record<BoardKey, string>
