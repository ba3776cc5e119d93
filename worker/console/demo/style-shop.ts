/** The shop: six goods, a basket, and the button that sends twice. */
export const SHOP_STYLE = `
.shop-head { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 8px 16px; }
.shop-kind { margin-left: 6px; font: 13px var(--sans); color: var(--soft); }
.account-out, .account-in { display: flex; align-items: center; gap: 8px; font-size: 14px; }
.fault { margin-top: 10px; color: var(--grain); }

.products { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 12px; margin-top: 14px; }
.product {
  display: flex; flex-direction: column; border: 1px solid var(--rule); border-radius: 10px;
  background: var(--sheet);
}
.product-view {
  display: block; width: 100%; padding: 10px 12px 0; border: 0; border-radius: 10px;
  background: none; text-align: left;
}
.picture {
  display: block; width: 100%; height: 78px; margin-bottom: 6px;
  fill: none; stroke: var(--ink); stroke-width: 1.7; stroke-linecap: round; stroke-linejoin: round;
  transition: translate 0.2s;
}
.product-view:hover .picture { translate: 0 -2px; }
.picture .fill-pale { fill: var(--pale); }
.picture .fill-mid { fill: var(--mid); }
.picture .fill-deep { fill: var(--deep); }
.product-name { font: 400 16px/1.3 var(--serif); }
.product-view:hover .product-name { text-decoration: underline; text-underline-offset: 3px; text-decoration-thickness: 1px; }
.product-about { padding: 4px 12px 0; font-size: 13px; line-height: 1.4; color: var(--soft); }
.product-buy {
  display: flex; align-items: center; justify-content: space-between; gap: 8px;
  margin-top: auto; padding: 6px 10px 10px 12px; font-size: 14px;
}
.product-price { font-variant-numeric: tabular-nums; }
.product-price small { font-size: 12.5px; white-space: nowrap; }
.product-add {
  padding: 3px 13px; border: 1px solid var(--water); border-radius: 99px;
  background: transparent; color: var(--water); font-size: 14px; line-height: 1.4;
}
.product-add:hover { background: var(--water); color: var(--sheet); }
.product-add:active { translate: 0 1px; }

.basket { margin-top: 14px; border: 1px solid var(--rule); border-radius: 10px; background: var(--sheet); }
.basket-bar { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; padding: 9px 10px 9px 14px; }
.basket-bar p { flex: 1 1 12em; font-variant-numeric: tabular-nums; }
.basket-lines { padding: 0 14px 6px; }
.basket-lines:empty { padding: 0; }
.basket-lines li {
  display: flex; align-items: center; gap: 12px; padding: 5px 0;
  border-top: 1px solid var(--rule); font-size: 14px;
}
.basket-price { margin-left: auto; font-variant-numeric: tabular-nums; }
.basket-lines .quiet { padding: 2px 10px; font-size: 13px; }

.again { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 14px; margin-top: 14px; }
.again button { border-color: var(--grain); color: var(--grain); }
.again p { flex: 1 1 17em; font-size: 13px; line-height: 1.45; color: var(--soft); }

@media (max-width: 560px) {
  .products { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .product-buy { padding-left: 10px; }
  .basket-bar p { flex-basis: 100%; }
  .picture { height: 72px; }
}
`
