/** Something the demo shop sells; prices are in EUR. */
export interface Product {
  readonly id: string
  readonly sku: string
  readonly name: string
  readonly unit: string
  readonly category: string
  readonly price: number
  readonly about: string
}

export const CURRENCY = 'EUR'
export const SHOP_NAME = 'Lower Mill'

export const PRODUCTS: readonly Product[] = [
  {
    id: 'rye-bread',
    sku: 'LM-101',
    name: 'Rye bread',
    unit: '750 g',
    category: 'Bread',
    price: 4.2,
    about: 'Sourdough, three days in the making. Keeps for a week.',
  },
  {
    id: 'wheat-flour',
    sku: 'LM-201',
    name: 'Wheat flour',
    unit: '1 kg',
    category: 'Flour',
    price: 3.1,
    about: 'Stone-ground and sifted once, for bread and cakes.',
  },
  {
    id: 'rye-flour',
    sku: 'LM-202',
    name: 'Dark rye flour',
    unit: '1 kg',
    category: 'Flour',
    price: 2.9,
    about: 'The whole grain, coarse. Feeds a sourdough well.',
  },
  {
    id: 'oat-flakes',
    sku: 'LM-301',
    name: 'Oat flakes',
    unit: '500 g',
    category: 'Breakfast',
    price: 2.4,
    about: 'Rolled thick, from one farm up the valley.',
  },
  {
    id: 'seed-crackers',
    sku: 'LM-102',
    name: 'Seed crackers',
    unit: '200 g',
    category: 'Bread',
    price: 3.6,
    about: 'Linseed, sesame and pumpkin. Thin, and loud to eat.',
  },
  {
    id: 'bread-bag',
    sku: 'LM-401',
    name: 'Linen bread bag',
    unit: '1 piece',
    category: 'Kitchen',
    price: 12,
    about: 'Washable. A loaf stays fresh in it two days longer.',
  },
]

/** An invented customer who can sign in. */
export interface Person {
  readonly userId: string
  readonly name: string
  readonly email: string
  readonly town: string
}

export const PEOPLE: readonly Person[] = [
  { userId: 'user-1042', name: 'Greta Aalto', email: 'greta.aalto@example.com', town: 'Mühlbach' },
  { userId: 'user-1077', name: 'Jonas Okoye', email: 'jonas.okoye@example.com', town: 'Weir End' },
  {
    userId: 'user-1103',
    name: 'Mina Castell',
    email: 'mina.castell@example.com',
    town: 'Sluiston',
  },
]

/** A price as the shop shows it: `€4.20`. */
export const formatPrice = (amount: number): string => `€${amount.toFixed(2)}`
