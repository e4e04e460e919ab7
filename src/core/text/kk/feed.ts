import type { FeedKey } from '../feed-keys.ts'

export const feed = {
  'feed.title': 'Kuager: шектеу оқиғалары',
  'feed.title-of': 'Kuager: шектеу оқиғалары, {topic}',
  'feed.about': 'Әр оқиғаның соңғы нұсқасы. Өлшемдер не байқалғанын көрсетеді; кім жасағанын көрсетпейді.',
  'embed.title': '{topic}: қазіргі күйі',
  'embed.as-of': 'Уақыты: {at} (Астана)',
  'embed.stale': 'Соңғы үш сағатта өлшем болған жоқ.',
  'embed.more': 'Толығырақ: Kuager сайтында',
  'embed.counts': 'Өлшеген құрылғылар: {count}.',
  'embed.since': 'Басталғаны: {time}.',
  'embed.networks': 'Өлшенген желілер: {total}. Ашылады: {open}.',
  'embed.rest': 'Басқа желілер: {count}',
  'embed.unknown': 'Бұл туралы дерек жоқ.',
} satisfies Record<FeedKey, string>
