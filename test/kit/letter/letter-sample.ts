import { demoLetter } from '../../../lab/history/letter.ts'
import type { Letter, LetterKeys } from '../../../src/letter/core/letter.ts'

const words = (kk: string, ru: string, en: string): { kk: string; ru: string; en: string } => ({ kk, ru, en })

/** The invented letter of the demonstration, open from March to June of 2026. */
export const publicLetter = (keys: LetterKeys, changes: Partial<Letter> = {}): Letter => ({
  ...demoLetter({ now: 0, observatory: 'https://kuager.example', recipients: [] }),
  opens: '2026-03-01',
  closes: '2026-06-01',
  destroys: '2026-09-01',
  cites: [
    {
      url: 'https://kuager.example/kk/i/2026-03-05-telegram',
      title: words(
        'Telegram ашылмаған кеш, наурыздың бесі',
        'Вечер, когда не открывался Telegram, пятое марта',
        'The evening on which Telegram did not open, 5 March',
      ),
    },
    {
      url: 'https://kuager.example/kk/i/2026-03-02-youtube',
      title: words(
        'YouTube баяулаған кеш',
        'Вечер, когда замедлился YouTube',
        'The evening on which YouTube slowed down',
      ),
    },
  ],
  keys,
  ...changes,
})

export const HOLDERS = [
  words('Айгүл Заңгер, адвокат', 'Айгуль Заңгер, адвокат', 'Aigul Zanger, lawyer'),
  words('Ержан Куә, нотариус', 'Ержан Куә, нотариус', 'Yerzhan Kua, notary'),
]
