// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;

/** One file's content, as programs see it and as a power cut is sure to leave it. */
final class FakeFile {
  private byte[] live = new byte[64];
  private int length;
  private byte[] durable = new byte[0];

  int length() {
    return length;
  }

  byte[] content() {
    return Arrays.copyOf(live, length);
  }

  void append(ByteBuffer content, int count) {
    if (length + count > live.length) {
      live = Arrays.copyOf(live, Math.max(2 * live.length, length + count));
    }
    content.get(live, length, count);
    length += count;
  }

  void sync() {
    durable = content();
  }

  void flip(int position, int mask) {
    live[position] = (byte) (live[position] ^ mask);
    durable = content();
  }

  int read(long position, ByteBuffer target) {
    if (position >= length) {
      return 0;
    }
    int count = (int) Math.min(target.remaining(), length - position);
    target.put(live, (int) position, count);
    return count;
  }

  FakeFile copy() {
    FakeFile copy = new FakeFile();
    copy.live = live.clone();
    copy.length = length;
    copy.durable = durable.clone();
    return copy;
  }

  FakeFile surviving(Survival survival, SplittableRandom random) {
    return switch (survival) {
      case SYNCED_ONLY -> holding(durable);
      case EVERYTHING -> holding(content());
      case RANDOM_SUBSET -> holding(torn(random));
    };
  }

  /** The durable content, or some of the new content with its unsynced tail cut, zero or both. */
  private byte[] torn(SplittableRandom random) {
    byte[] now = content();
    if (Arrays.equals(now, durable) || random.nextInt(4) == 0) {
      return durable;
    }
    int synced = durable.length;
    byte[] kept = Arrays.copyOf(now, synced + random.nextInt(now.length - synced + 1));
    if (random.nextBoolean() && kept.length > synced) {
      Arrays.fill(kept, synced + random.nextInt(kept.length - synced), kept.length, (byte) 0);
    }
    return kept;
  }

  private static FakeFile holding(byte[] content) {
    FakeFile file = new FakeFile();
    file.live = content.clone();
    file.length = content.length;
    file.durable = content.clone();
    return file;
  }
}
