// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.explain;

import java.util.Locale;

/** A delta as a picture: a bar for each part, as long as the part, filled as far as it travels. */
public final class DeltaPlot {
  private static final int WIDTH = 900;
  private static final int LABEL = 420;
  private static final int LINE = 16;

  private DeltaPlot() {}

  public static String svg(DeltaSummary summary) {
    int height = LINE * (summary.parts().size() + 3);
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                + " font-family=\"monospace\" font-size=\"11\">%n",
            WIDTH,
            height));
    svg.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
    text(svg, 8, LINE, title(summary));
    long longest = summary.parts().stream().mapToLong(DeltaPart::length).max().orElse(1);
    int y = 2 * LINE;
    for (DeltaPart part : summary.parts()) {
      bar(svg, y, part, longest);
      y += LINE;
    }
    return svg.append("</svg>\n").toString();
  }

  private static String title(DeltaSummary summary) {
    return String.format(
        Locale.ROOT,
        "%d bytes for %d: %.1f %%",
        summary.length(),
        summary.header().resultLength(),
        DeltaSummary.share(summary.length(), summary.header().resultLength()));
  }

  private static void bar(StringBuilder svg, int y, DeltaPart part, long longest) {
    double room = WIDTH - LABEL - 80.0;
    double whole = Math.max(1, room * part.length() / longest);
    double sent = whole * Math.min(1, (double) part.cost() / part.length());
    text(svg, 8, y + 11, part.title());
    rectangle(svg, y, whole, "#dddddd");
    rectangle(svg, y, sent, "#336699");
    String share =
        String.format(Locale.ROOT, "%.1f %%", DeltaSummary.share(part.cost(), part.length()));
    text(svg, LABEL + (int) whole + 6, y + 11, share);
  }

  private static void rectangle(StringBuilder svg, int y, double width, String colour) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"12\" fill=\"%s\"/>%n",
            LABEL,
            y,
            width,
            colour));
  }

  /** Names come from a file that anybody may have written. */
  private static void text(StringBuilder svg, int x, int y, String content) {
    String shown = content.length() <= 60 ? content : content.substring(0, 59) + "…";
    String safe =
        shown
            .replaceAll("\\p{Cntrl}", " ")
            .replace("&", "&amp;")
            .replace("<", "&lt;")
            .replace(">", "&gt;");
    svg.append(String.format(Locale.ROOT, "<text x=\"%d\" y=\"%d\">%s</text>%n", x, y, safe));
  }
}
