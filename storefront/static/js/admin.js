// The back office: htmx, the shared small helpers, and guards for what would be lost.
import "./htmx.js";
import "./theme.js";
import "./quantity.js";
import "./search.js";
import "./notices.js";
import "./admin/unsaved.js";
import "./admin/selection.js";
import "./admin/keys.js";
import "./admin/chart.js";
import "./admin/grid.js";
import "./admin/meaning.js";
import "./admin/rating.js";
import "./admin/sorting.js";
import "./admin/branches.js";
import "./admin/dropping.js";
import "./admin/previewing.js";
import "./printing.js";
