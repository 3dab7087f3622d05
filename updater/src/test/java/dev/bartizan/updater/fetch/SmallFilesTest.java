package dev.bartizan.updater.fetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SmallFilesTest {
  private final byte[] file = new byte[1000];

  @Test
  void aFileAtTheLimitIsAcceptedAndOneByteMoreIsRefused() throws Exception {
    try (FaultyServer server = new FaultyServer(file)) {
      assertArrayEquals(file, from(server).get("root.json", 1000));
      FetchRefusal refusal =
          assertThrows(FetchRefusal.class, () -> from(server).get("root.json", 999));
      assertEquals("TOO_LONG", refusal.code());
    }
  }

  @Test
  void anAbsentFileIsAnAnswerToOneQuestionAndARefusalToTheOther() throws Exception {
    try (FaultyServer server =
        new FaultyServer(file, FaultyServer.status(404), FaultyServer.status(404))) {
      assertEquals(Optional.empty(), from(server).find("2.root.json", 1000));
      FetchRefusal refusal =
          assertThrows(FetchRefusal.class, () -> from(server).get("timestamp.json", 1000));
      assertEquals("NOT_FOUND", refusal.code());
    }
  }

  @Test
  void aServerErrorIsReportedAndNotRepeated() throws Exception {
    try (FaultyServer server = new FaultyServer(file, FaultyServer.status(500))) {
      assertThrows(IOException.class, () -> from(server).find("root.json", 1000));
      assertEquals(List.of("-"), server.requests());
    }
  }

  @Test
  void aConnectionThatBreaksIsNotAShorterFile() throws Exception {
    try (FaultyServer server = new FaultyServer(file, FaultyServer.disconnectAfter(400))) {
      assertThrows(IOException.class, () -> from(server).find("root.json", 1000));
    }
  }

  @Test
  void nobodyListeningIsTheWorldFailing() throws Exception {
    FaultyServer server = new FaultyServer(file);
    server.close();
    assertThrows(IOException.class, () -> from(server).find("root.json", 1000));
  }

  private static SmallFiles from(FaultyServer server) {
    return new SmallFiles(HttpTransport.to(server.base(), null, Duration.ofSeconds(20)));
  }
}
