import {
  addOne,
  type Basket,
  findProduct,
  removeAll,
  sumPrices,
  toBasketProperties,
  toLineProperties,
} from './client-basket.ts'
import { showBasket, showCheckout, toggleLines } from './client-basket-view.ts'
import { find } from './client-find.ts'
import type { JsonObject } from './client-journey.ts'
import { CURRENCY, type Product } from './products.ts'

export type Track = (event: string, properties: JsonObject) => void

const SHIPPING = 3.5

/** The shop: what is in the basket, and the event that each click sends. */
export class Shop {
  readonly #track: Track
  #basket: Basket = new Map()
  #cartId = newId('cart')
  #orderId: string | null = null

  constructor(track: Track) {
    this.#track = track
    for (const card of document.querySelectorAll<HTMLElement>('[data-product]')) {
      const product = findProduct(card.dataset.product ?? '')
      if (product !== null) this.#wireProduct(card, product)
    }
    onClick('#view-basket', () => this.#view())
    onClick('#checkout', () => this.#startCheckout())
    onClick('#place-order', () => this.#placeOrder())
  }

  #wireProduct(card: HTMLElement, product: Product): void {
    const view = find(card, '.product-view', HTMLButtonElement)
    const about = find(card, '.product-about', HTMLElement)
    view.addEventListener('click', () => {
      about.hidden = !about.hidden
      view.ariaExpanded = String(!about.hidden)
      if (!about.hidden) this.#track('Product Viewed', toLineProperties({ product, quantity: 1 }))
    })
    const add = find(card, '.product-add', HTMLButtonElement)
    add.addEventListener('click', () => this.#add(product))
  }

  #add(product: Product): void {
    this.#setBasket(addOne(this.#basket, product))
    const properties = toLineProperties({ product, quantity: 1 })
    this.#track('Product Added', { cart_id: this.#cartId, ...properties })
  }

  #remove(product: Product): void {
    const quantity = this.#basket.get(product.id) ?? 0
    this.#setBasket(removeAll(this.#basket, product))
    const properties = toLineProperties({ product, quantity })
    this.#track('Product Removed', { cart_id: this.#cartId, ...properties })
  }

  #view(): void {
    const isShown = toggleLines()
    const properties = toBasketProperties(this.#basket)
    if (isShown) this.#track('Cart Viewed', { cart_id: this.#cartId, ...properties })
  }

  #startCheckout(): void {
    this.#orderId = newId('order')
    const value = sumPrices(this.#basket)
    const order = { order_id: this.#orderId, value, revenue: value, shipping: SHIPPING }
    this.#track('Checkout Started', { ...order, ...toBasketProperties(this.#basket) })
    showCheckout(value, SHIPPING)
  }

  #placeOrder(): void {
    const revenue = sumPrices(this.#basket)
    const order_id = this.#orderId ?? newId('order')
    const sums = { revenue, shipping: SHIPPING, total: revenue + SHIPPING, currency: CURRENCY }
    this.#track('Order Completed', { order_id, ...sums, ...toBasketProperties(this.#basket) })
    this.#cartId = newId('cart')
    this.#setBasket(new Map(), `Your ${order_id} is placed. Thank you.`)
    find(document, '#view-basket', HTMLButtonElement).focus()
  }

  #setBasket(basket: Basket, message?: string): void {
    this.#basket = basket
    this.#orderId = null
    showBasket(basket, (product) => this.#remove(product), message)
  }
}

const newId = (kind: string): string => `${kind}-${crypto.randomUUID().slice(0, 6)}`

function onClick(selector: string, listener: () => void): void {
  find(document, selector, HTMLButtonElement).addEventListener('click', listener)
}
