import type { JsonObject } from './client-journey.ts'
import { CURRENCY, PRODUCTS, type Product, SHOP_NAME } from './products.ts'

/** How many of each product, by its id. */
export type Basket = ReadonlyMap<string, number>

export interface BasketLine {
  readonly product: Product
  readonly quantity: number
}

export const findProduct = (id: string): Product | null =>
  PRODUCTS.find((product) => product.id === id) ?? null

export function addOne(basket: Basket, { id }: Product): Basket {
  return new Map(basket).set(id, (basket.get(id) ?? 0) + 1)
}

export function removeAll(basket: Basket, { id }: Product): Basket {
  return new Map([...basket].filter(([key]) => key !== id))
}

export function listLines(basket: Basket): readonly BasketLine[] {
  return PRODUCTS.flatMap((product) => {
    const quantity = basket.get(product.id)
    return quantity === undefined ? [] : [{ product, quantity }]
  })
}

export const countPieces = (basket: Basket): number =>
  [...basket.values()].reduce((sum, quantity) => sum + quantity, 0)

/** In whole cents, so that 0.1 + 0.2 is 0.3. */
export function sumPrices(basket: Basket): number {
  const cents = listLines(basket).map(({ product, quantity }) => product.price * 100 * quantity)
  return Math.round(cents.reduce((sum, each) => sum + each, 0)) / 100
}

/** A product in the fields of Segment's ecommerce spec, version 2. */
export function toProductProperties({ product, quantity }: BasketLine): JsonObject {
  const { sku, name, category, price, unit } = product
  return { product_id: sku, sku, name, category, brand: SHOP_NAME, variant: unit, price, quantity }
}

/** The same for an event about this one product. */
export function toLineProperties(line: BasketLine): JsonObject {
  const value = Math.round(line.product.price * line.quantity * 100) / 100
  return { ...toProductProperties(line), currency: CURRENCY, value }
}

/** The same for an event about the whole basket. */
export function toBasketProperties(basket: Basket): JsonObject {
  return { currency: CURRENCY, products: listLines(basket).map(toProductProperties) }
}
