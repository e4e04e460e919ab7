// No sentence of the program names who ordered or who restricts: "on the path of AS9198" is as far as a measurement goes.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CATALOGUE } from '../src/text/catalogue.ts'
import { LANGS, type Lang } from '../src/text/lang.ts'

/** Bodies and persons that could have ordered, and words for an order. */
const ORDERED = {
  en: /\b(government|ministr?(y|er|ries)|president|parliament|authorit(y|ies)|regulator|security (service|committee)|KNB|State Technical Service|akim|censor(s|ed|ship)?|(order(ed|s)?|decision|request|demand|instruct(ed|ions?)|behest|command) (by|of|from) (the )?(?!magnitude)\p{L}|on (the )?orders?|in order to (silence|stop)|(at|on) the initiative of|police|officials? (said|told|wanted|asked)|(is|are|was|were|stands?|stood) behind (it|this)|who did it (is|was)|culprits?|deliberate|intentional|on purpose)/iu,
  ru: /(правительств|министерств|(?<!ад)министр|президент|парламент|государственн|власт(ь|и|ей|ям|ями)(?!\p{L})|регулятор|спецслужб|(?<!\p{L})КНБ(?!\p{L})|(?<!\p{L})ГТС(?!\p{L})|акимат|цензур|приказ|распоряжени|по (указани|требовани|поручени|решени)|по инициативе|чиновник|силовик|полици|(стоит|стоят|стояли?) за (этим|ограничени|блокировк)|виновник|умышленн|намеренн|нарочно)/iu,
  kk: /(үкімет|министр|президент|парламент|мемлекет|билік|реттеуші орган|(?<!\p{L})ҰҚК(?!\p{L})|(?<!\p{L})КНБ(?!\p{L})|(?<!\p{L})МТҚ(?!\p{L})|әкімдік|цензура|бұйры[қғ]|жарлық|нұсқау|тапсырма|талабы(мен| бойынша)|шешімімен|бастамасымен|шенеунік|күштік құрылым|полиция|артында .* тұр|кінәлі|әдейі|қасақана)/iu,
} satisfies Record<Lang, RegExp>

/** Somebody, by name or by role, who does it; and what was done, with a "by" that names somebody. */
const ACTOR = {
  en: /(?<!\p{L})((providers?|operators?|compan(y|ies)|networks?)|AS\d+|\{(network|name|asn|owner)\})\s+(has |have |had |is |are |was |were )?(intentionally )?(block|restrict|throttl|slow|interfer|disabl|cut|switch|shut|fil?ter)(s|ed|ing|es|led|ling|tering|tered)?\b|\b(blocked|restricted|throttled|slowed|disabled|interfered with|cut off|switched off|shut down|filtered) by (?!(name|address)\b)/iu,
  ru: /(провайдер|оператор|компани|\{(network|name|asn|owner)\})[\p{L}\s«»]*?\s(за?блокир|блокир|ограничи|замедл|отключ|перекры|вмеша|глуш|фильтру)|(заблокирован|ограничен|отключ[её]н|замедлен|перекрыт)\p{L}*\s+(провайдер|оператор|компани|сторон|\{)/iu,
  kk: /(провайдер|оператор|компания|\{(network|name|asn|owner)\})[\p{L}\s«»]*?\s(бұғатта|шекте(ді|п|йді|ген|уде)|баяулат|өшір|ажырат|кедергі жаса|сүзгіле)|(провайдер|оператор|компания)\p{L}*\s+тарапынан/iu,
} satisfies Record<Lang, RegExp>

/** The word for the finding stands only where the word rule gave it, or where it is explained or denied. */
const WORD = { en: /\bblock(ing|ed|s)?\b(?! page)/iu, ru: /блокир/iu, kk: /бұғатта/iu } satisfies Record<Lang, RegExp>
const MAY_SAY_BLOCKING: ReadonlySet<string> = new Set([
  'chronicle.word.blocking',
  'demand.word.blocking',
  'word.blocking',
  'weigh.grounds', // said only of the word `blocking`
  'incident.quote-cause.blocking',
  'incident.sure.blocking', // said only of the word `blocking`
  'incident.term.blocking', // the word, explained
  'incident.term.blocking-means',
  'claim-reason.cause-blocking', // the incidents of a claim have that word
  'claim-reason.causes-differ', // denies it
  'method.word', // the rule of the word, explained
  'method.word.blocking',
  'full.word.blocking',
])

/** Keys whose sentences quote a speaker of the record by role. What speakers said stands in data/, not in a catalogue. */
const QUOTES: ReadonlySet<string> = new Set<string>([])

/** `{authority}` is a time-stamping service or a basis that is inserted, no word of the sentence. */
const accuses = (lang: Lang, text: string): boolean => {
  const words = text.replaceAll('{authority}', '')
  return ORDERED[lang].test(words) || ACTOR[lang].test(words)
}

/** What must be found: one planted sentence for each thing a sentence may not say. */
const PLANTED = {
  en: [
    'YouTube was blocked by Kazakhtelecom',
    'Access was restricted by the operator',
    'The provider blocks the service',
    'Operators have throttled it',
    '{network} blocked {service}',
    'AS9198 is blocking {service}',
    'restricted at the request of the Ministry of Information',
    'by decision of the government',
    'The State Technical Service switched it off',
    'The KNB knows why',
    'while the president spoke',
    'it was done on orders',
    'a deliberate restriction',
    'the regulator explains',
    'at the initiative of an agency',
    'the police switched it off',
    'Kazakhtelecom is behind this',
  ],
  ru: [
    'Сервис заблокирован провайдером',
    'Доступ ограничен оператором связи',
    'Провайдер блокирует сервис',
    'Операторы замедлили сервис',
    '{network} ограничивает {service}',
    'по приказу сверху',
    'по распоряжению ведомства',
    'по решению комиссии',
    'Министр отдал команду',
    'Правительство закрыло доступ',
    'КНБ отключил связь',
    'Государственная техническая служба',
    'во время речи президента',
    'власти закрыли доступ',
    'умышленное ограничение',
    'по инициативе ведомства',
    'за дело взялись силовики',
    'Казахтелеком стоит за этим',
  ],
  kk: [
    'Провайдер сервисті бұғаттады',
    'Оператор қолжетімділікті шектеді',
    'Сервис оператор тарапынан тоқтатылды',
    '{network} сервисті бұғаттап тұр',
    'жоғарының бұйрығымен жабылды',
    'үкіметтің шешімі',
    'министрліктің тапсырмасы',
    'ҰҚК байланысты тоқтатты',
    'Мемлекеттік техникалық қызмет',
    'президент сөйлеген кезде',
    'билік қолжетімділікті жапты',
    'әдейі шектелген',
    'ведомствоның бастамасымен',
    'мұның артында Казахтелеком тұр',
    'кінәлі: оператор',
  ],
} satisfies Record<Lang, readonly string[]>

/** What a measurement may say. */
const ALLOWED = {
  en: [
    'The exchange breaks off on the path of AS9198.',
    'Access was interfered with on the network {network}.',
    'TLS: silence, by name',
    'fault in the network of the provider',
    'The measurements do not show who acted.',
    'Each layer by itself, in the order in which an exchange passes them.',
  ],
  ru: [
    'Обмен обрывается на пути AS9198.',
    'Сеть: {network}. Доступ ограничен.',
    'сбой в сети провайдера',
    'Административный процедурно-процессуальный кодекс',
    'Кто действовал, измерения не показывают.',
  ],
  kk: [
    'Алмасу AS9198 жолында үзіледі.',
    'Желі: {network}. Қолжетімділік шектелген.',
    'провайдер желісінің ақауы',
    'Өлшемдер кім жасағанын көрсетпейді.',
  ],
} satisfies Record<Lang, readonly string[]>

/** The observatory does not campaign: no sentence calls for anything, or speaks of a letter that does. */
const CAMPAIGN = {
  en: /\b(petition|open letter|sign (the|our|a) |sign up|join (us|the)|support (us|the (letter|demand|call))|donat|we (demand|call (on|for)|urge)|protests? (against|now)|share this (letter|call))/iu,
  ru: /(петици|открыт\p{L}+ письм|подпи(ши|сыва)\p{L}*(те)? (письмо|обращени)|присоединя|поддержи(те)?(?!\p{L})|пожертв|(мы )?(требуем|призываем)|протест(уй|овать))/iu,
  kk: /(петиция|ашық хат|хатқа қол|қосылыңыз|қолдаңыз|қайырмалдық|талап етеміз|шақырамыз|наразылық)/iu,
} satisfies Record<Lang, RegExp>
const CALLS = {
  en: ['Sign the letter', 'an open letter asks for it', 'We demand that it ends', 'Support the call', 'Donate'],
  ru: ['Подпишите обращение', 'есть открытое письмо', 'Мы требуем прекратить', 'Поддержите нас', 'Петиция'],
  kk: ['Хатқа қол қойыңыз', 'ашық хат бар', 'Тоқтатуды талап етеміз', 'Бізді қолдаңыз', 'Петиция'],
} satisfies Record<Lang, readonly string[]>

describe('no sentence campaigns', () => {
  for (const lang of LANGS)
    it(`in ${lang}, in any area; and one that did would be found`, () => {
      for (const text of CALLS[lang]) assert.match(text, CAMPAIGN[lang])
      assert.deepEqual(
        Object.entries(CATALOGUE[lang]).filter(([, text]) => CAMPAIGN[lang].test(text)),
        [],
      )
    })
})

describe('no sentence names who ordered or who blocks', () => {
  for (const lang of LANGS) {
    it(`in ${lang}, in any area`, () => {
      const found = Object.entries(CATALOGUE[lang]).filter(([key, text]) => !QUOTES.has(key) && accuses(lang, text))
      assert.deepEqual(found, [])
    })

    it(`in ${lang} the word blocking stands only where the word rule gave it`, () => {
      const found = Object.entries(CATALOGUE[lang]).filter(
        ([key, text]) => !MAY_SAY_BLOCKING.has(key) && WORD[lang].test(text),
      )
      assert.deepEqual(found, [])
    })

    it(`in ${lang} planted sentences are found, each of them`, () => {
      for (const text of PLANTED[lang]) assert.ok(accuses(lang, text), text)
    })

    it(`in ${lang} what a measurement may say is not found`, () => {
      for (const text of ALLOWED[lang]) assert.ok(!accuses(lang, text), text)
    })
  }

  it('every exception is a key that exists', () => {
    for (const key of [...MAY_SAY_BLOCKING, ...QUOTES]) assert.ok(key in CATALOGUE.en, key)
  })
})
