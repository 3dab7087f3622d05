// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.eventlog.EventLog;
import dev.bartizan.crypto.eventlog.EventLogDocument;
import dev.bartizan.crypto.eventlog.LogRefusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.cli.Failures;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bartizan eventlog}. */
@Command(
    name = "eventlog",
    description = {
      "Read a measured-boot event log and print the PCR values it replays to, bank by bank.",
      "",
      "Reads TCG logs (binary_bios_measurements, crypto agile or SHA-1), systemd's tpm2-measure.log"
          + " and canonical event logs (CEL) as TLV or JSON. Nothing here says that the log is true:"
          + " compare the values with what the TPM holds.",
      "Exits 1 when the log ends in the middle of an event; what was read is printed all the same."
    },
    footer = {
      "",
      "Example:",
      "  bartizan eventlog /sys/kernel/security/tpm0/binary_bios_measurements"
    })
final class EventLogCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "The log.")
  private Path file = Path.of("");

  @Mixin private JsonOption json = new JsonOption();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException, LogRefusal {
    EventLog log = EventLog.read(content());
    JsonNode document = EventLogDocument.of(log);
    PrintWriter out = spec.commandLine().getOut();
    if (json.wanted()) {
      json.print(out, StrictJson.write(document));
    } else {
      print(out, document);
    }
    if (!log.ending().isTruncated()) {
      return 0;
    }
    spec.commandLine().getErr().println(file + ": truncated: " + log.ending().detail());
    return Failures.REFUSED;
  }

  /** Files in securityfs claim to have no length; the limit is on what is read. */
  @TouchesTheWorld("the log named on the command line")
  private Bytes content() throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Bytes.of(in.readNBytes(EventLog.MAX_LENGTH + 1));
    }
  }

  private static void print(PrintWriter out, JsonNode document) {
    for (JsonNode event : document.path("events")) {
      out.printf(
          Locale.ROOT,
          "%4d  pcr %-2s  %-34s %-12s  %s%n",
          event.path("number").asInt(),
          event.path("pcr").asText("-"),
          event.path("type").asText(),
          event.path("data_covered").asText(),
          event.path("data_text").asText(""));
    }
    for (Map.Entry<String, JsonNode> bank : document.path("pcrs").properties()) {
      out.println(bank.getKey());
      for (Map.Entry<String, JsonNode> pcr : bank.getValue().properties()) {
        out.printf(Locale.ROOT, "  %2s  %s%n", pcr.getKey(), pcr.getValue().asText());
      }
    }
    out.println("secure boot " + document.path("secure_boot").asText());
    out.println(
        document.path("format").asText()
            + ", "
            + document.path("events").size()
            + " events, "
            + document.path("ending").asText());
    out.flush();
  }
}
