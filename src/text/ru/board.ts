import type { BoardKey } from '../board-keys.ts'

export const board = {
  'board.title': 'Открывается ли сейчас?',
} satisfies Record<BoardKey, string>
