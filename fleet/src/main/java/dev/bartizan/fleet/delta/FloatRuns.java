package dev.bartizan.fleet.delta;

import dev.bartizan.updater.delta.FloatPlanes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds where in a stretch there are 32-bit floats, and at which of the four alignments.
 *
 * <p>No file format is known here. The stretch is cut into cells; each cell is priced in each of
 * five states (floats at alignment 0 to 3, or single bytes) by how far its words or bytes moved,
 * and the cheapest sequence of states, changes paid for, is the answer (Viterbi's algorithm).
 */
final class FloatRuns {
  /** Some single bytes, then some whole words. */
  record Run(int bytes, int words) {}

  private static final int CELL = 64;
  private static final int BYTES = 4;
  private static final int STATES = 5;

  /** Bits that a change of state costs: the run itself, and streams that fit less well. */
  private static final int CHANGE = 96;

  private FloatRuns() {}

  static int distance(byte[] base, byte[] stretch, int at) {
    return FloatPlanes.distance(
        (int) FloatPlanes.WORDS.get(base, at), (int) FloatPlanes.WORDS.get(stretch, at));
  }

  /** Runs that cover {@code stretch} exactly. */
  static List<Run> find(byte[] base, byte[] stretch) {
    return runs(cheapestStates(base, stretch), stretch.length);
  }

  private static byte[] cheapestStates(byte[] base, byte[] stretch) {
    int cells = (stretch.length + CELL - 1) / CELL;
    byte[][] cameFrom = new byte[cells][STATES];
    long[] total = new long[STATES];
    for (int cell = 0; cell < cells; cell++) {
      int cheapest = indexOfLeast(total);
      long changed = total[cheapest] + CHANGE;
      for (int state = 0; state < STATES; state++) {
        boolean change = changed < total[state];
        cameFrom[cell][state] = (byte) (change ? cheapest : state);
        total[state] = Math.min(total[state], changed) + price(base, stretch, cell * CELL, state);
      }
    }
    byte[] states = new byte[cells];
    int state = indexOfLeast(total);
    for (int cell = cells - 1; cell >= 0; cell--) {
      states[cell] = (byte) state;
      state = cameFrom[cell][state];
    }
    return states;
  }

  /** Roughly the bits that a cell costs in a state. */
  private static int price(byte[] base, byte[] stretch, int start, int state) {
    int end = Math.min(start + CELL, stretch.length);
    int bits = 0;
    if (state == BYTES) {
      for (int at = start; at < end; at++) {
        bits += base[at] == stretch[at] ? 0 : Byte.SIZE;
      }
      return bits;
    }
    for (int at = start + state; at < end && at + Integer.BYTES <= stretch.length; at += 4) {
      bits += Integer.SIZE - Integer.numberOfLeadingZeros(distance(base, stretch, at));
    }
    return bits;
  }

  private static List<Run> runs(byte[] states, int length) {
    List<Run> runs = new ArrayList<>();
    int done = 0;
    for (int first = 0; first < states.length; ) {
      int last = endOfSame(states, first);
      int state = states[first];
      if (state != BYTES) {
        // Words may reach into the next cell by three bytes, so `done` can be past the cell's
        // start.
        int start = firstAligned(Math.max(done, first * CELL), state);
        int end = Math.min(last * CELL + Integer.BYTES - 1, length);
        int words = Math.max(0, end - start) / Integer.BYTES;
        if (words > 0) {
          runs.add(new Run(start - done, words));
          done = start + words * Integer.BYTES;
        }
      }
      first = last;
    }
    if (done < length) {
      runs.add(new Run(length - done, 0));
    }
    return runs;
  }

  private static int endOfSame(byte[] states, int first) {
    int end = first;
    while (end < states.length && states[end] == states[first]) {
      end++;
    }
    return end;
  }

  private static int firstAligned(int from, int alignment) {
    return from + Math.floorMod(alignment - from, Integer.BYTES);
  }

  private static int indexOfLeast(long[] values) {
    long least = Arrays.stream(values).min().orElseThrow();
    int index = 0;
    while (values[index] != least) {
      index++;
    }
    return index;
  }
}
