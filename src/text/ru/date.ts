import type { DateKey } from '../date-keys.ts'

export const date = {
  'date.about': 'Измерения: {count}. Устройства: {probes}. Время ({zone}): {days}.',
  'date.none': 'Ограничений не замечено.',
  'date.ignored': 'Столбцы, которые не использованы: {columns}.',
  'date.set-aside': 'Строки, которые не прочитаны: {count}. Остальные учтены.',
  'date.alarms': 'Тревоги, которые не подтвердились: {count}.',
  'date.no-control': 'Контрольных измерений в таблице нет: неполадка может быть и на самой линии.',
} satisfies Record<DateKey, string>
