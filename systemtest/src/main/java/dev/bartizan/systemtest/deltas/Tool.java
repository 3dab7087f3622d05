// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.deltas;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pair of command lines, run as whole processes.
 *
 * @param create {old}, {new} and {delta} in it stand for files
 * @param apply {old}, {delta} and {out} in it stand for files
 * @param emptyFiles whether it takes them
 */
@TouchesTheWorld("the length of the file that a tool wrote")
record Tool(String name, Sort sort, List<String> create, List<String> apply, boolean emptyFiles)
    implements Contender {
  private static final Pattern FILE = Pattern.compile("\\{(old|new|delta|out)}");

  Tool {
    create = List.copyOf(create);
    apply = List.copyOf(apply);
  }

  @Override
  public boolean takes(long oldLength, long newLength) {
    return emptyFiles || (oldLength > 0 && newLength > 0);
  }

  @Override
  public Measured run(Pair pair, Path out, Path work) throws IOException, InterruptedException {
    Path delta = work.resolve("delta");
    Timed making = Timed.run(fill(create, pair, delta, out));
    Timed applying = Timed.run(fill(apply, pair, delta, out));
    return new Measured(Files.size(delta), making, applying);
  }

  private static List<String> fill(List<String> words, Pair pair, Path delta, Path out) {
    Map<String, Path> files =
        Map.of("{old}", pair.old(), "{new}", pair.next(), "{delta}", delta, "{out}", out);
    return words.stream()
        .map(
            word ->
                FILE.matcher(word)
                    .replaceAll(
                        found ->
                            Matcher.quoteReplacement(String.valueOf(files.get(found.group())))))
        .toList();
  }
}
