// The shop's script. Everything here decorates pages that already work as plain links and forms.
import "./htmx.js";
import "./theme.js";
import "./sheet.js";
import "./quantity.js";
import "./cart.js";
import "./typing.js";
import "./gallery.js";
import "./search.js";
import "./results.js";
import "./shelves.js";
import "./listing.js";
import "./notices.js";
import "./countdown.js";
import "./morph.js";
import "./viewed.js";
import "./wechat.js";
import "./printing.js";
