import type { FeedKey } from '../feed-keys.ts'

export const feed = {
  'feed.title': 'Kuager: случаи ограничения',
  'feed.title-of': 'Kuager: случаи ограничения, {topic}',
  'feed.about':
    'Последняя редакция каждого случая. Измерения показывают, что наблюдалось; кто это сделал, они не показывают.',
  'embed.title': '{topic}: состояние сейчас',
  'embed.as-of': 'Время: {at} (Астана)',
  'embed.stale': 'За последние три часа измерений не было.',
  'embed.more': 'Подробнее на сайте Kuager',
  'embed.counts': 'Измеряло устройств: {count}.',
  'embed.since': 'Начало: {time}.',
  'embed.networks': 'Измерено сетей: {total}. Открывается: {open}.',
  'embed.rest': 'Другие сети: {count}',
  'embed.unknown': 'Данных об этом нет.',
} satisfies Record<FeedKey, string>
