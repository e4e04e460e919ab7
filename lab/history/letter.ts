import { DAY_MS } from '../../src/core/model/duration.ts'
import type { Letter } from '../../src/letter/core/letter.ts'

const words = (kk: string, ru: string, en: string): { kk: string; ru: string; en: string } => ({ kk, ru, en })

const HOLDERS = [
  words('Бірінші кілт иесі (модельденген)', 'Первый хранитель ключа (смоделировано)', 'First key holder (simulated)'),
  words('Екінші кілт иесі (модельденген)', 'Второй хранитель ключа (смоделировано)', 'Second key holder (simulated)'),
] as const

/** An invented letter, as long as a real one, which can be signed from a week ago until ten weeks from now. */
export const demoLetter = (about: {
  /** Milliseconds since 1970. */
  readonly now: number
  /** Address of the observatory that it cites. */
  readonly observatory: string
  /** Keys of one or two holders: any of them alone opens the signatures. */
  readonly recipients: readonly string[]
}): Letter => ({
  format: 'kuager-letter/1',
  id: 'open-evenings',
  version: 1,
  simulated: true,
  title: words(
    'Интернет кешкілік те ашық болсын',
    'Пусть интернет будет открыт и по вечерам',
    'Let the internet be open in the evenings too',
  ),
  text: words(
    'Құрметті қауым!\n\nБіз, осы хатқа қол қойғандар, кешкі сағаттарда хабар алмасу және бейне қызметтері ашылмай қалған күндердің куәсі болдық. Дәл сол сәтте ата-ана баласына, дәрігер науқасқа, кәсіпкер тапсырыс берушіге хабарласа алмады.\n\nТәуелсіз өлшемдер мұндай кештердің қашан, қай желіде болғанын көрсетеді. Біз болжам айтпаймыз: өлшемдер жарияланған, оны кез келген адам тексере алады.\n\nСұрайтынымыз үшеу:\n1. Қызметке қолжетімділік шектелсе, оның негізі мен мерзімі жариялансын.\n2. Шектеудің заңдылығын тексеретін тәртіп болсын.\n3. Әр шектеуден кейін есеп берілсін.\n\nАшық байланыс баршаға керек.',
    'Уважаемые коллеги!\n\nМы, подписавшие это письмо, видели вечера, когда сервисы сообщений и видео переставали открываться. Именно в эти часы родители не могли дозвониться детям, врачи пациентам, предприниматели заказчикам.\n\nНезависимые измерения показывают, когда и в каких сетях это было. Мы ничего не предполагаем: измерения опубликованы, и проверить их может каждый.\n\nМы просим о трёх вещах:\n1. Если доступ к сервису ограничен, пусть будут опубликованы основание и срок.\n2. Пусть законность ограничения можно будет проверить.\n3. Пусть после каждого ограничения будет отчёт.\n\nОткрытая связь нужна всем.',
    'To whom it concerns,\n\nWe who sign this letter have seen evenings on which services for messages and video stopped opening. In those very hours parents could not reach their children, doctors their patients, traders their customers.\n\nIndependent measurements show when and on which networks this was. We presume nothing: the measurements are published, and anybody can check them.\n\nWe ask for three things:\n1. Where access to a service is restricted, let its ground and its term be published.\n2. Let there be a way to check whether a restriction is lawful.\n3. Let there be a report after each restriction.\n\nOpen communication is needed by all.',
  ),
  addressees: [
    words('Мысал байланыс комиссиясы', 'Комиссия по связи «Пример»', 'Example Commission for Communications'),
    words('Ойдан шығарылған операторлар одағы', 'Вымышленный союз операторов', 'Invented Union of Operators'),
  ],
  publisher: {
    name: words('«Ашық кеш» бастамасы', 'Инициатива «Открытый вечер»', 'Open Evening Initiative'),
    contacts: [
      { kind: 'web', value: 'https://evening.example/' },
      { kind: 'mail', value: 'write@evening.example' },
    ],
  },
  goal: 1000,
  opens: dayAfter(about.now, -7),
  closes: dayAfter(about.now, 70),
  destroys: dayAfter(about.now, 160),
  cites: [
    {
      url: new URL('/kk/incidents', about.observatory).href,
      title: words('Инциденттер (модельденген)', 'Инциденты (смоделировано)', 'Incidents (simulated)'),
    },
  ],
  consent: {
    version: 1,
    text: words(
      'Есімім мен өңірімнің мөрленген күйде сақталуына, оларды тек кілт иелері ашатынына және хат алушыларға тапсырылуына келісемін. Келісімімді түбіртек арқылы қайтарып ала аламын.',
      'Я соглашаюсь с тем, что моё имя и регион хранятся запечатанными, что открыть их могут только хранители ключей и что они будут переданы адресатам. Согласие я могу отозвать по квитанции.',
      'I agree that my name and region are kept sealed, that only the holders of the keys open them, and that they are handed to the addressees. I can withdraw this consent with the receipt.',
    ),
  },
  keys: {
    layers: [
      about.recipients.map((recipient, at) => ({ holder: HOLDERS[at % HOLDERS.length] ?? HOLDERS[0], recipient })),
    ],
  },
})

const dayAfter = (now: number, days: number): string => new Date(now + days * DAY_MS).toISOString().slice(0, 10)
