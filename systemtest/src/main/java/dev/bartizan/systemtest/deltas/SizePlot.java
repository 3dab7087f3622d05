// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.deltas;

import java.util.List;
import java.util.Locale;

/** The sizes as a picture: a row per pair of models, a mark per contender that matters. */
final class SizePlot {
  private static final int LEFT = 250;
  private static final int WIDTH = 560;
  private static final int RIGHT = 30;
  private static final int TOP = 74;
  private static final int ROW = 15;
  private static final int GAP = 24;

  private static final String OURS = "#c2410c";
  private static final String TENSORS = "#2563eb";
  private static final String BYTES = "#6b7280";

  private final StringBuilder svg = new StringBuilder();
  private int y = TOP;

  private SizePlot() {}

  static String of(List<Outcome> outcomes) {
    return new SizePlot().draw(outcomes.stream().filter(o -> o.pair().isModel()).toList());
  }

  private String draw(List<Outcome> outcomes) {
    for (Pair.Kind kind : Pair.Kind.values()) {
      List<Outcome> some = outcomes.stream().filter(o -> o.pair().kind() == kind).toList();
      if (!some.isEmpty()) {
        y += GAP;
        text(12, y - 7, "font-weight='bold'", kind.title());
        some.forEach(this::row);
      }
    }
    int height = y + 40;
    String rows = svg.toString();
    svg.setLength(0);
    frame(height);
    svg.append(rows).append("</svg>\n");
    return svg.toString();
  }

  private void frame(int height) {
    int width = LEFT + WIDTH + RIGHT;
    add(
        "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' viewBox='0 0 %d %d'"
            + " font-family='sans-serif' font-size='11' fill='#111827'>",
        width, height, width, height);
    add("<rect width='%d' height='%d' fill='white'/>", width, height);
    text(12, 22, "font-size='15'", "What has to travel, in % of the new model's file");
    legend(12, OURS, "bartizan");
    legend(120, TENSORS, "best tensor-aware coder (BitX, FM-Delta, none with a base)");
    legend(470, BYTES, "best byte tool (bsdiff, xdelta3, zstd, casync)");
    for (int percent = 0; percent <= 100; percent += 20) {
      double x = x(percent);
      add("<line x1='%.1f' y1='%d' x2='%.1f' y2='%d' stroke='#e5e7eb'/>", x, TOP, x, height - 26);
      text(x, height - 12, "text-anchor='middle'", percent + " %");
    }
  }

  private void legend(int x, String colour, String name) {
    mark(x + 5, 44, colour);
    text(x + 14, 48, "", name);
  }

  private void row(Outcome outcome) {
    text(LEFT - 10, y + 4, "text-anchor='end'", outcome.pair().name());
    double ours = x(outcome.share(outcome.ours().bytes()));
    double tensors = x(outcome.share(outcome.bestOfTensors().bytes()));
    add(
        "<line x1='%.1f' y1='%d' x2='%.1f' y2='%d' stroke='#fdba74' stroke-width='3'/>",
        Math.min(ours, tensors), y, Math.max(ours, tensors), y);
    mark(x(outcome.share(outcome.bestOfBytes().bytes())), y, BYTES);
    mark(tensors, y, TENSORS);
    mark(ours, y, OURS);
    y += ROW;
  }

  private static double x(double percent) {
    return LEFT + WIDTH * Math.min(percent, 104) / 104;
  }

  private void mark(double x, int y, String colour) {
    if (colour.equals(BYTES)) {
      add("<rect x='%.1f' y='%d' width='7' height='7' fill='%s'/>", x - 3.5, y - 3, colour);
    } else {
      add("<circle cx='%.1f' cy='%d' r='4' fill='%s'/>", x, y, colour);
    }
  }

  private void text(double x, int y, String style, String words) {
    add("<text x='%.1f' y='%d' %s>%s</text>", x, y, style, words.replace("&", "&amp;"));
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
