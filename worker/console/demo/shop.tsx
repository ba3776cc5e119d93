import { ProductPicture } from './product-picture.tsx'
import { formatPrice, PEOPLE, PRODUCTS, type Product, SHOP_NAME } from './products.ts'

/** The demo shop; without the browser script it is a picture of one. */
export function Shop() {
  return (
    <section class="shop" aria-labelledby="shop-title">
      <div class="shop-head">
        <h2 id="shop-title">
          {SHOP_NAME} <span class="shop-kind">demo shop</span>
        </h2>
        <SignIn />
      </div>
      <p class="fault" id="fault" role="alert" hidden>
        analytics.js did not start, so clicks send nothing. Reload the page to try again.
      </p>
      <ul class="products">
        {PRODUCTS.map((product) => (
          <ProductCard product={product} />
        ))}
      </ul>
      <Basket />
      <SendAgain />
    </section>
  )
}

const SignIn = () => (
  <div class="account">
    <div class="account-out" id="signed-out">
      <label class="hidden" for="person">
        Sign in as
      </label>
      <select id="person" data-testid="sign-in-as">
        {PEOPLE.map(({ userId, name }) => (
          <option value={userId}>{name}</option>
        ))}
      </select>
      <button type="button" class="quiet" id="sign-in" data-testid="sign-in">
        Sign in
      </button>
    </div>
    <div class="account-in" id="signed-in" hidden>
      <span id="person-name" />
      <button type="button" class="quiet" id="sign-out" data-testid="sign-out">
        Sign out
      </button>
    </div>
  </div>
)

const ProductCard = ({ product }: { product: Product }) => (
  <li class="product" data-product={product.id}>
    <button
      type="button"
      class="product-view"
      data-testid={`view-${product.id}`}
      aria-expanded="false"
      aria-controls={`about-${product.id}`}
    >
      <ProductPicture id={product.id} />
      <span class="product-name">{product.name}</span>
    </button>
    <p class="product-about" id={`about-${product.id}`} hidden>
      {product.about}
    </p>
    <div class="product-buy">
      <span class="product-price">
        {formatPrice(product.price)} <small>{product.unit}</small>
      </span>
      <button
        type="button"
        class="product-add"
        data-testid={`add-${product.id}`}
        aria-label={`Add ${product.name} to the basket`}
      >
        Add
      </button>
    </div>
  </li>
)

const Basket = () => (
  <section class="basket" aria-label="Basket">
    <div class="basket-bar">
      <p id="basket-summary" data-testid="basket-summary" aria-live="polite">
        Your basket is empty.
      </p>
      <button
        type="button"
        class="quiet"
        id="view-basket"
        data-testid="view-basket"
        aria-expanded="false"
        aria-controls="basket-lines"
      >
        View basket
      </button>
      <button type="button" class="strong" id="checkout" data-testid="checkout" disabled>
        Check out
      </button>
      <button type="button" class="strong" id="place-order" data-testid="place-order" hidden>
        Place order
      </button>
    </div>
    <ul id="basket-lines" class="basket-lines" hidden />
    <template id="basket-line">
      <li>
        <span data-part="name" />
        <span class="basket-price" data-part="price" />
        <button type="button" class="quiet" data-part="remove">
          Remove
        </button>
      </li>
    </template>
  </section>
)

const SendAgain = () => (
  <div class="again">
    <button type="button" class="quiet" id="send-again" data-testid="send-again" disabled>
      Send that event again
    </button>
    <p id="again-text" data-testid="again-text" aria-live="polite">
      Phones and servers send twice when an answer gets lost. Try it: the copy is counted, and kept
      out.
    </p>
  </div>
)
