import type { NotTakenKey } from '../keys.ts'

/** Почему часть входных данных не принята: по-русски. */
export const notTaken = {
  'not-taken.not-an-object': 'это не измерение: вместо объекта список, текст или число',
  'not-taken.no-test-name': 'это не измерение: не указано, какой это тест',
  'not-taken.no-test-keys': 'тест не оставил результата',
  'not-taken.no-time': 'не указано время измерения',
  'not-taken.report-frame': 'начальная или конечная запись старого отчёта, а не измерение',
  'not-taken.value.too-large': 'больше, чем может быть измерение',
  'not-taken.value.crashed': 'разбор остановил рабочий поток; просим сообщить об этом',
  'not-taken.value.slow': 'её разбор требует больше работы, чем допускает её длина',
  'not-taken.value.late': 'её разбор занял слишком много времени на этой машине; импортируйте её снова',
  'not-taken.log.simulated':
    'смоделированное измерение, а журнал этой папки ведётся для реальных: для него нужна отдельная папка',
  'not-taken.log.real':
    'реальное измерение, а журнал этой папки ведётся для смоделированных: для него нужна отдельная папка',
  'not-taken.json.truncated': 'запись обрывается',
  'not-taken.json.invalid': 'это не JSON',
  'not-taken.json.too-deep': 'слишком глубокая вложенность',
  'not-taken.json.too-large': 'больше, чем может быть измерение',
  'not-taken.utf8.invalid': 'байты, которые не составляют текст',
  'not-taken.measurement.shape': 'поле неверного типа',
  'not-taken.measurement.value': 'поле с невозможным значением',
  'not-taken.time.invalid': 'время не читается',
  'not-taken.asn.invalid': 'номер сети не читается',
  'not-taken.country.invalid': 'код страны не читается',
  'not-taken.file.unknown': 'ни текст, ни известный архив',
  'not-taken.file.unreadable': 'файл не удалось прочитать',
  'not-taken.file.nested-too-deep': 'слишком много вложенных архивов',
  'not-taken.gzip.truncated': 'файл gzip обрывается',
  'not-taken.gzip.corrupt': 'файл gzip повреждён',
  'not-taken.zstd.truncated': 'файл zstd обрывается',
  'not-taken.zstd.corrupt': 'файл zstd повреждён',
  'not-taken.tar.truncated': 'архив tar обрывается',
  'not-taken.tar.corrupt': 'архив tar повреждён',
  'not-taken.tar.unsupported': 'запись архива tar, которая не является файлом',
  'not-taken.http.broken': 'не удалось получить целиком',
} satisfies Record<NotTakenKey, string>
