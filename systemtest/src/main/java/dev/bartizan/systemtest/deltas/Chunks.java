// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.deltas;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** casync: what travels is the index of the new file and the chunks that the old one lacks. */
@TouchesTheWorld("the chunk store that casync wrote")
final class Chunks implements Contender {
  private static final List<String> MAKE =
      List.of("casync", "make", "--chunk-size=4096", "--digest=sha256", "--compression=zstd");

  @Override
  public String name() {
    return "casync";
  }

  @Override
  public Sort sort() {
    return Sort.BYTES;
  }

  @Override
  public boolean takes(long oldLength, long newLength) {
    return oldLength > 0 && newLength > 0;
  }

  @Override
  public Measured run(Pair pair, Path out, Path work) throws IOException, InterruptedException {
    Path store = work.resolve("store");
    Path index = work.resolve("new.caibx");
    Timed.run(make(store, work.resolve("old.caibx"), pair.old()));
    long known = length(store);
    Timed making = Timed.run(make(store, index, pair.next()));
    long bytes = length(store) - known + Files.size(index);
    List<String> extract = List.of("casync", "extract", "--store=" + store, "--seed=" + pair.old());
    Timed applying = Timed.run(with(extract, index, out));
    return new Measured(bytes, making, applying);
  }

  private static List<String> make(Path store, Path index, Path file) {
    return with(with(MAKE, Path.of("--store=" + store)), index, file);
  }

  private static List<String> with(List<String> words, Path... files) {
    return Stream.concat(words.stream(), Stream.of(files).map(Path::toString)).toList();
  }

  private static long length(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      long sum = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        sum += Files.size(file);
      }
      return sum;
    }
  }
}
