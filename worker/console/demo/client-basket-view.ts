import { type Basket, type BasketLine, countPieces, listLines, sumPrices } from './client-basket.ts'
import { cloneTemplate, find, part } from './client-find.ts'
import { formatPrice, type Product } from './products.ts'

const button = (id: string) => find(document, `#${id}`, HTMLButtonElement)
const list = () => find(document, '#basket-lines', HTMLElement)

/** Shows the basket as it is now, ready to be checked out. */
export function showBasket(
  basket: Basket,
  onRemove: (product: Product) => void,
  message = summarize(basket),
): void {
  find(document, '#basket-summary', HTMLElement).textContent = message
  button('checkout').disabled = basket.size === 0
  button('checkout').hidden = false
  button('place-order').hidden = true
  const hadFocus = list().contains(document.activeElement)
  list().replaceChildren(...listLines(basket).map((line) => renderLine(line, onRemove)))
  if (hadFocus) button('view-basket').focus() // its own button is gone
}

/** Offers to place the order, in the place of the button just pressed. */
export function showCheckout(goods: number, shipping: number): void {
  const sums = `${formatPrice(goods)} and ${formatPrice(shipping)} for shipping`
  find(document, '#basket-summary', HTMLElement).textContent = sums
  button('checkout').hidden = true
  const place = button('place-order')
  place.textContent = `Place order, ${formatPrice(goods + shipping)}`
  place.hidden = false
  place.focus()
}

/** Opens or closes the lines of the basket, and says whether they are shown now. */
export function toggleLines(): boolean {
  list().hidden = !list().hidden
  const isShown = !list().hidden
  button('view-basket').ariaExpanded = String(isShown)
  button('view-basket').textContent = isShown ? 'Hide basket' : 'View basket'
  return isShown
}

function summarize(basket: Basket): string {
  const pieces = countPieces(basket)
  if (pieces === 0) return 'Your basket is empty.'
  const count = pieces === 1 ? '1 piece' : `${pieces} pieces`
  return `${count} in your basket, ${formatPrice(sumPrices(basket))}`
}

function renderLine({ product, quantity }: BasketLine, onRemove: (product: Product) => void) {
  const line = cloneTemplate('basket-line')
  part(line, 'name').textContent = `${quantity} × ${product.name}`
  part(line, 'price').textContent = formatPrice(product.price * quantity)
  const remove = part(line, 'remove')
  remove.dataset.testid = `remove-${product.id}`
  remove.ariaLabel = `Remove ${product.name}`
  remove.addEventListener('click', () => onRemove(product))
  return line
}
