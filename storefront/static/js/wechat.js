// Inside WeChat its own sheet opens over the page that has what it needs; whether it was paid, the shop asks WeChat.
function open() {
  const button = document.querySelector("[data-wechat-sheet]");
  if (!button || !window.WeixinJSBridge) return;
  const { wechatSheet, back } = button.dataset;
  window.WeixinJSBridge.invoke("getBrandWCPayRequest", JSON.parse(wechatSheet), (said) => {
    if (said.err_msg.endsWith(":ok")) location.assign(back);
  });
}

document.addEventListener("WeixinJSBridgeReady", open);
document.addEventListener("click", ({ target }) => target.closest("[data-wechat-sheet]") && open());
