import type { DateKey } from '../date-keys.ts'

export const date = {
  'date.about': 'Өлшемдер: {count}. Құрылғылар: {probes}. Уақыты ({zone}): {days}.',
  'date.none': 'Шектеу байқалмады.',
  'date.ignored': 'Пайдаланылмаған бағандар: {columns}.',
  'date.set-aside': 'Оқылмаған жолдар: {count}. Қалғандары есепке алынды.',
  'date.alarms': 'Оқиғамен расталмаған дабылдар: {count}.',
  'date.no-control': 'Кестеде бақылау өлшемі жоқ: ақау желінің өзінде болуы да мүмкін.',
} satisfies Record<DateKey, string>
