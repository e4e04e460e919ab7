import type { SiteKey } from '../site-keys.ts'

export const site = {
  'menu.menu': 'Мәзір',
  'menu.all': 'Барлық бөлімдер',
  'menu.incidents': 'Шектеу оқиғалары',
  'menu.chronicle': 'Шежіре',
  'menu.claims': 'Мәлімдемелер',
  'menu.orders': 'Шектеу актілері',
  'menu.coincidence': 'Іс-шаралармен сәйкестік',
  'menu.if-it-continues': 'Шектеу жалғасса',
  'menu.corrections': 'Түзетулер',
  'menu.method': 'Әдіс',
  'menu.data': 'Деректер',
  'menu.verify': 'Тексеру',
  'menu.probe': 'Өлшеуге қосылу',
  'menu.safety': 'Қауіпсіздік',
  'menu.mirrors': 'Айна сайттар',
  'menu.about': 'Біз туралы',
  'frame.elsewhere': 'Бұл сайт ашылмай қалса',
  'frame.onion': 'Onion мекенжайы',
  'frame.copy-made': 'Көшірме жасалған уақыты: {at}.',
  'frame.copy-live': 'Жаңа деректер: {address}',
} satisfies Record<SiteKey, string>
