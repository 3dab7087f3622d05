// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.dist;

import static dev.bartizan.systemtest.dist.Shell.DIST;
import static dev.bartizan.systemtest.dist.Shell.SOURCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What ships of others, under which licence: as the bills of materials say, and no other. */
final class NoticeIT {
  private static final Path NOTICE = SOURCE.resolve("NOTICE");

  /** Lines before this one are for people to write; those after it are made from the bills. */
  private static final String FROM_HERE = "Libraries that ship in dist/lib:";

  /** Of a library that leaves the choice, one has to be among these. */
  private static final Set<String> ALLOWED =
      Set.of(
          "Apache-2.0",
          "BSD-2-Clause",
          "BSD-3-Clause",
          "Bouncy Castle Licence",
          "EPL-2.0",
          "MIT",
          "MPL-2.0");

  private static final Map<String, String> BILLS =
      Map.of(
          "author", "bartizan-release.cdx.json",
          "device", "bartizan.cdx.json",
          "server", "bartizan-fleet.cdx.json");

  @Test
  void everyLibraryHasALicenceThatIsAllowed() throws Exception {
    Map<String, Library> shipped = shipped();
    assertTrue(shipped.size() > 20, shipped.keySet().toString());
    List<String> others =
        shipped.entrySet().stream()
            .filter(library -> library.getValue().licences().stream().noneMatch(ALLOWED::contains))
            .map(library -> library.getKey() + " " + library.getValue().licences())
            .toList();
    assertEquals(List.of(), others);
  }

  @Test
  void theNoticeNamesWhatShips() throws Exception {
    StringBuilder expected = new StringBuilder(Files.readString(NOTICE).split(FROM_HERE, -1)[0]);
    expected.append(FROM_HERE).append("\n\n");
    shipped()
        .forEach(
            (name, library) ->
                expected.append(
                    "  %-52s %s%n".formatted(name, String.join(" or ", library.all()))));
    assertEquals(expected.toString(), Files.readString(NOTICE));
  }

  private record Library(Set<String> licences, Set<String> sides) {
    List<String> all() {
      List<String> all = new ArrayList<>(licences);
      all.set(all.size() - 1, all.get(all.size() - 1) + " (" + String.join(", ", sides) + ")");
      return all;
    }
  }

  private static Map<String, Library> shipped() throws IOException {
    Map<String, Library> shipped = new TreeMap<>();
    for (Map.Entry<String, String> bill : BILLS.entrySet()) {
      Path file = DIST.resolve("sbom").resolve(bill.getValue());
      assertTrue(Files.exists(file), file + ": an offline build makes none; build online");
      for (JsonNode part :
          new ObjectMapper().readTree(Files.readAllBytes(file)).get("components")) {
        if (!part.get("group").asText().equals("dev.bartizan")) {
          shipped
              .computeIfAbsent(
                  part.get("group").asText() + ":" + part.get("name").asText(),
                  name -> new Library(licences(part), new TreeSet<>()))
              .sides()
              .add(bill.getKey());
        }
      }
    }
    return shipped;
  }

  private static Set<String> licences(JsonNode part) {
    Set<String> licences = new TreeSet<>();
    for (JsonNode entry : part.path("licenses")) {
      JsonNode licence = entry.path("license");
      licences.add(licence.has("id") ? licence.get("id").asText() : licence.path("name").asText());
    }
    return licences.isEmpty() ? new TreeSet<>(Set.of("no licence named")) : licences;
  }
}
