import type { NotTakenKey } from '../keys.ts'

/** Кіріс деректің бір бөлігі неге алынбады: қазақша. */
export const notTaken = {
  'not-taken.not-an-object': 'өлшем емес: объект орнына тізім, мәтін немесе сан',
  'not-taken.no-test-name': 'өлшем емес: қай сынақ екені көрсетілмеген',
  'not-taken.no-test-keys': 'сынақ нәтиже қалдырмаған',
  'not-taken.no-time': 'өлшеу уақыты көрсетілмеген',
  'not-taken.report-frame': 'ескі есептің бастапқы не соңғы жазбасы, өлшем емес',
  'not-taken.value.too-large': 'өлшем мұндай үлкен болмайды',
  'not-taken.value.crashed': 'талдау ағыны тоқтап қалды; бұл туралы хабарлаңыз',
  'not-taken.value.slow': 'оны талдау көлемі рұқсат еткеннен көп жұмыс қажет етеді',
  'not-taken.value.late': 'бұл машинада оны талдауға тым көп уақыт кетті; қайта импорттаңыз',
  'not-taken.log.simulated':
    'модельденген өлшем, ал бұл қалтаның журналы нақты өлшемдерге арналған: оған бөлек қалта керек',
  'not-taken.log.real':
    'модельденбеген, нақты өлшем, ал бұл қалтаның журналы модельденген өлшемдерге арналған: оған бөлек қалта керек',
  'not-taken.json.truncated': 'жазба ортасынан үзілген',
  'not-taken.json.invalid': 'JSON емес',
  'not-taken.json.too-deep': 'тым терең қабатталған',
  'not-taken.json.too-large': 'өлшем мұндай үлкен болмайды',
  'not-taken.utf8.invalid': 'мәтін емес байттар',
  'not-taken.measurement.shape': 'өрістің түрі дұрыс емес',
  'not-taken.measurement.value': 'өрістің мәні болуы мүмкін емес',
  'not-taken.time.invalid': 'уақыты оқылмайды',
  'not-taken.asn.invalid': 'желі нөмірі оқылмайды',
  'not-taken.country.invalid': 'ел коды оқылмайды',
  'not-taken.file.unknown': 'мәтін де, белгілі мұрағат та емес',
  'not-taken.file.unreadable': 'файлды оқу мүмкін болмады',
  'not-taken.file.nested-too-deep': 'бірінің ішінде бірі тұрған мұрағаттар тым көп',
  'not-taken.gzip.truncated': 'gzip файлы үзілген',
  'not-taken.gzip.corrupt': 'gzip файлы бүлінген',
  'not-taken.zstd.truncated': 'zstd файлы үзілген',
  'not-taken.zstd.corrupt': 'zstd файлы бүлінген',
  'not-taken.tar.truncated': 'tar мұрағаты үзілген',
  'not-taken.tar.corrupt': 'tar мұрағаты бүлінген',
  'not-taken.tar.unsupported': 'tar мұрағатының файл емес жазбасы',
  'not-taken.http.broken': 'толық жүктеп алу мүмкін болмады',
} satisfies Record<NotTakenKey, string>
