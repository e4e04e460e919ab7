import type { SiteKey } from '../site-keys.ts'

export const site = {
  'menu.menu': 'Меню',
  'menu.all': 'Все разделы',
  'menu.incidents': 'Случаи ограничения',
  'menu.chronicle': 'Хроника',
  'menu.claims': 'Заявления',
  'menu.orders': 'Акты об ограничении',
  'menu.coincidence': 'Совпадения с событиями',
  'menu.if-it-continues': 'Если ограничения продолжатся',
  'menu.corrections': 'Исправления',
  'menu.method': 'Метод',
  'menu.data': 'Данные',
  'menu.verify': 'Проверка',
  'menu.probe': 'Участвовать в измерениях',
  'menu.safety': 'Безопасность',
  'menu.mirrors': 'Зеркала',
  'menu.about': 'О нас',
  'frame.elsewhere': 'Если этот сайт перестанет открываться',
  'frame.onion': 'Адрес onion',
  'frame.copy-made': 'Копия сделана: {at}.',
  'frame.copy-live': 'Свежие данные: {address}',
} satisfies Record<SiteKey, string>
