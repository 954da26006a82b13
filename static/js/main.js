// The behaviour of every page. Each module finds its own elements by data-attributes and works on what htmx brings, too.
import "./dialogs.js";
import "./toasts.js";
import "./keys.js";
import "./palette.js";
import "./forms.js";
import "./keep.js";
import "./combobox.js";
import "./files.js";
import "./manners.js";
import "./cells.js";
import "./agenda.js";
import "./quick-log.js";
import "./theme.js";
import "./times.js";
import "./whale.js";
import "./print.js";
import "./balance.js";
