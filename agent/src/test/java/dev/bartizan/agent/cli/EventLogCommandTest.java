// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class EventLogCommandTest {
  /** One EV_SEPARATOR in PCR 4, in the SHA-1 form. */
  private static final byte[] LOG = separator();

  /** SHA-1 of 20 zeros and of the digest of four zeros: every PCR with only a separator has it. */
  private static final String PCR = "b2a83b0ebf2f8374299a5b2bdfc31ea955ad7236";

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private static byte[] separator() {
    byte[] log = new byte[4 + 4 + 20 + 4 + 4];
    ByteBuffer event = ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN);
    event.putInt(4).putInt(4);
    event.put(java.util.HexFormat.of().parseHex("9069ca78e7450a285173431b3e52c5c25299e473"));
    event.putInt(4);
    return log;
  }

  @Test
  void theDocumentHasThePcrsAndTheEvents() throws Exception {
    assertEquals(0, run(LOG, "--json"));
    JsonNode document = new ObjectMapper().readTree(out.toString());
    assertEquals(PCR, document.path("pcrs").path("sha1").path("4").asText());
    assertEquals("EV_SEPARATOR", document.path("events").path(0).path("type").asText());
    assertEquals("whole", document.path("events").path(0).path("data_covered").asText());
    assertEquals("complete", document.path("ending").asText());
  }

  @Test
  void peopleGetTheSameInLines() throws Exception {
    assertEquals(0, run(LOG));
    assertTrue(out.toString().contains("EV_SEPARATOR") && out.toString().contains(PCR));
  }

  @Test
  void aTruncatedLogPrintsWhatWasReadAndExitsWithOne() throws Exception {
    byte[] two = Arrays.copyOf(LOG, 2 * LOG.length - 1);
    System.arraycopy(LOG, 0, two, LOG.length, LOG.length - 1);
    assertEquals(1, run(two, "--json"));
    JsonNode document = new ObjectMapper().readTree(out.toString());
    assertEquals("truncated", document.path("ending").asText());
    assertEquals(1, document.path("events").size());
    assertEquals(1, err.toString().lines().count());
  }

  @Test
  void garbageIsRefusedInOneLine() throws Exception {
    assertEquals(1, run(new byte[] {1, 2, 3}, "--json"));
    assertEquals("", out.toString());
    assertTrue(err.toString().startsWith("EVENT_LOG_UNKNOWN_FORMAT"), err.toString());
  }

  @Test
  void aFileThatIsNotThereIsTheWorldsFault() {
    assertEquals(3, commandLine().execute("eventlog", folder.resolve("none").toString()));
  }

  private int run(byte[] log, String... options) throws Exception {
    Path file = Files.write(folder.resolve("log"), log);
    String[] line = Arrays.copyOf(new String[] {"eventlog", file.toString()}, 2 + options.length);
    System.arraycopy(options, 0, line, 2, options.length);
    return commandLine().execute(line);
  }

  private CommandLine commandLine() {
    return Bartizan.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err, true));
  }
}
