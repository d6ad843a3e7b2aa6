CREATE INDEX "Note_author_idx" ON "Note"("author");
